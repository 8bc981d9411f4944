#!/usr/bin/env bash
# Builds the module and the page, asks the module and the native library the same questions, and asks the page in a
# browser. What cannot be had here is said and left out: the target wasm32-unknown-unknown, node, Chromium. The page stays
# in the folder that is named last.
set -euo pipefail
cd "$(dirname "$0")"
target=wasm32-unknown-unknown
built=${CARGO_TARGET_DIR:-target}
out=${1:-$built/page}

left_out() { echo "left out: $1"; exit 0; }
has_target() { [[ -d $(rustc --print target-libdir --target "$target" 2> /dev/null) ]]; }
has_target || { command -v rustup && timeout 300 rustup target add "$target"; } > /dev/null 2>&1 || true
has_target || left_out "there is no standard library for $target"

cargo check --quiet --locked --lib --target "$target" --all-features --manifest-path ../../Cargo.toml
cargo build --quiet --locked --lib --release --target "$target"
module=$built/$target/release/credpath_wasm.wasm
echo "the module: $(wc -c < "$module") bytes, $(gzip -9 -c "$module" | wc -c) compressed"

command -v node > /dev/null || left_out "there is no node to run it with"
cargo build --quiet --locked --bin answers
node page/same.mjs "$module" "$built/debug/answers"

mkdir -p "$out"
page=$(cd "$out" && pwd)/what-if.html
node page/make.mjs "$module" "$page"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || left_out "there is no Chromium"
browse() { # a page, and further options
    "$chromium" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --virtual-time-budget=30000 "${@:2}" "file://$1" 2> /dev/null
}
# What a person would do, and what the page then shows.
asked() { # a name, steps in JavaScript, and what has to be told
    local told
    sed 's:</body>::; s:</html>::' "$page" > "$out/$1.html"
    {
        echo '<script type="module">'
        echo 'const until = () => new Promise(go => { const look = () => document.documentElement.dataset.ready ? go() : setTimeout(look, 20); look(); });'
        echo 'await until(); const field = name => document.getElementById(name);'
        echo 'const pick = (name, value) => { field(name).value = value; field(name).dispatchEvent(new Event("change")); };'
        echo "$2"
        echo 'document.title = field("answer").innerText.replace(/\s+/g, " ");'
        echo '</script></body></html>'
    } >> "$out/$1.html"
    told=$(browse "$(cd "$out" && pwd)/$1.html" --dump-dom | sed -n 's:.*<title>\(.*\)</title>.*:\1:p' | head -1)
    if [[ $told != *"$3"* ]]; then
        echo "$1: the page does not say '$3' but: $told"
        exit 1
    fi
    echo "$1: the page says '$3'"
}
asked as-it-is '' 'As it is.'
# What changed comes first.
asked one-more 'pick("also", "secplus");' 'With Security+: 8 of 39 would have another status. Credential Now Then Network Security Professional nothing toward it yet started'
asked the-way 'pick("also", "secplus"); pick("target", "csis");' 'The way with Security+'
asked a-fault 'field("catalog").value = "credential.a = { stack = \"b\" }"; field("question").requestSubmit();' 'no credential `b`'
asked no-day 'field("as_of").value = ""; field("as_of").dispatchEvent(new Event("change"));' 'This cannot be asked'
browse "$page" --window-size=1000,2200 --screenshot="$out/what-if.png" > /dev/null
axe=$out/node_modules/axe-core/axe.min.js
[[ -f $axe ]] || npm install --silent --no-save --prefix "$out" axe-core@4 > /dev/null 2>&1 || left_out "axe-core cannot be had"
axe=$(cd "$(dirname "$axe")" && pwd)/axe.min.js
look='await new Promise(go => { const script = document.createElement("script"); script.onload = go; script.src = "file://'$axe'";
    document.head.append(script); });
    document.querySelector("details").open = true;
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    field("answer").textContent = `violations: ${violations.map(one => `${one.id} (${one.nodes[0].target})`).join(", ") || "none"}`;'
asked accessible 'pick("also", "secplus"); pick("target", "csis");'"$look" 'violations: none'
echo "the page: $page"
