#!/usr/bin/env bash
# Looks at the pages and pictures with a real browser: no violation that axe-core finds, at the width of a desk, of a
# phone, and in print; Mermaid itself draws the maps, and another reader reads the calendars. It needs Chromium, and npm
# for axe-core, Mermaid and ical.js; without them it says so, and that is no failure. Screenshots stay in the folder that is named last.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-${CARGO_TARGET_DIR:-target}/browser}

not_run() { echo "not run: $1"; exit 0; }
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || not_run "there is no Chromium"
{ command -v npm && command -v node; } > /dev/null || not_run "there is no npm to fetch axe-core, Mermaid and ical.js with"
mkdir -p "$out"
out=$(cd "$out" && pwd)
axe=$out/node_modules/axe-core/axe.min.js
mermaid=$out/node_modules/mermaid/dist/mermaid.min.js
ical=$out/node_modules/ical.js/dist/ical.es5.min.cjs
if [[ ! -f $axe || ! -f $mermaid || ! -f $ical ]]; then
    npm install --silent --no-save --prefix "$out" axe-core@4 mermaid@11 ical.js@2 > /dev/null 2>&1 \
        || not_run "axe-core, Mermaid and ical.js could not be fetched"
fi

browse() { # a file, and further options; prints its title when its scripts have run
    "$chromium" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files \
        --virtual-time-budget=30000 "${@:2}" "file://$1" 2> /dev/null
}
title() { browse "$1" --dump-dom | sed -n 's:.*<title>\(.*\)</title>.*:\1:p' | head -1; }
run() { cargo run --quiet "${profile[@]}" --example "$1" -- "${@:2}"; }
profile=(--all-features --profile "${BROWSER_PROFILE:-test}")
failed=0
report() { # what, and what was found
    if [[ $2 == none ]]; then echo "$1: no violations"; else echo "$1: $2"; failed=1; fi
}

# Each page is looked at in a frame of some width, which tells the page around it what axe found.
audit() { # a page, a name, a width, a replacement in its style
    sed "$4" "$1" > "$out/$2.html"
    {
        echo "<script src=\"file://$axe\"></script>"
        echo '<script>addEventListener("load",()=>axe.run(document,{resultTypes:["violations"]}).then(found=>parent.postMessage('
        echo 'found.violations.map(one=>one.id+" ("+one.nodes.length+": "+one.nodes[0].target+")").join("; ")||"none","*"),'
        echo 'error=>parent.postMessage("axe failed: "+error,"*")))</script>'
    } >> "$out/$2.html"
    echo "<!doctype html><html><head><title>no answer</title></head><body style=\"margin:0\"><script>addEventListener(\"message\"," \
        "e=>document.title=e.data)</script><iframe src=\"$2.html\" style=\"border:0;width:$3px;height:6000px\"></iframe></body></html>" \
        > "$out/$2-frame.html"
    report "$2" "$(title "$out/$2-frame.html")"
    browse "$out/$2-frame.html" --window-size="$3",4000 --screenshot="$out/$2.png" > /dev/null
}

pages=("hku:hku-space.toml hku-learner.toml diploma-professional-practice"
    "comptia:comptia.toml comptia-technician.toml csie"
    "health:vcc-health.toml vcc-health-care-aide.toml access-practical-nursing"
    "cook:compliance.toml compliance-cook.toml supervisor")
for page in "${pages[@]}"; do
    name=${page%%:*}
    read -r catalog record target <<< "${page#*:}"
    # No way to the target is an answer as well.
    run page "examples/catalogs/$catalog" "examples/records/$record" "$target" --as-of 2026-11-22 --out "$out/$name-page.html" --ics "$out/$name.ics" \
        || [[ $? == 1 ]]
    audit "$out/$name-page.html" "$name-desk" 1200 ''
    audit "$out/$name-page.html" "$name-phone" 390 ''
    audit "$out/$name-page.html" "$name-dark" 1200 's/@media screen and (prefers-color-scheme:dark)/@media all/'
    audit "$out/$name-page.html" "$name-print" 800 's/@media print/@media all/'
    browse "$out/$name-page.html" --no-pdf-header-footer --print-to-pdf="$out/$name.pdf" > /dev/null
    run map "examples/catalogs/$catalog" "examples/records/$record" --as-of 2026-11-22 --draw mermaid > "$out/$name.mmd"
    {
        echo "<!doctype html><html><head><title>no answer</title><script src=\"file://$mermaid\"></script></head><body><pre id=\"text\">"
        sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' "$out/$name.mmd"
        echo '</pre><script>mermaid.initialize({startOnLoad:false,maxEdges:5000});'
        echo 'mermaid.render("map",document.getElementById("text").textContent).then(()=>document.title="none",'
        echo 'error=>document.title="Mermaid: "+error.message)</script></body></html>'
    } > "$out/$name-mermaid.html"
    report "$name-mermaid" "$(title "$out/$name-mermaid.html")"
    events=$(node -e "const ical=require(process.argv[1]),text=require('fs').readFileSync(process.argv[2],'utf8');
        const events=new ical.Component(ical.parse(text)).getAllSubcomponents('vevent').map(one=>new ical.Event(one));
        console.log(events.every(one=>one.startDate.isDate&&one.endDate.compare(one.startDate)>0&&one.summary)?events.length:'odd')" \
        "$ical" "$out/$name.ics" 2> /dev/null || echo unreadable)
    [[ $events == "$(grep -c BEGIN:VEVENT "$out/$name.ics")" ]] && events=none
    report "$name-calendar" "$events"
done
faulty=examples/catalogs/planted-faults.toml
echo '{"id":"one","award":[{"credential":"spreadsheets","awarded":"2026-02-01"}]}' > "$out/records.jsonl"
run registrar "$faulty" --against "$faulty" --records "$out/records.jsonl" --as-of 2026-11-22 --out "$out/registrar-page.html"
for width in 1200 390; do audit "$out/registrar-page.html" "registrar-$width" "$width" ''; done
audit "$out/registrar-page.html" registrar-print 800 's/@media print/@media all/'
run cohort --learners 500 --format html > "$out/cohort-page.html" 2> /dev/null
for width in 1200 390; do audit "$out/cohort-page.html" "cohort-$width" "$width" ''; done
audit "$out/cohort-page.html" cohort-print 800 's/@media print/@media all/'
exit $failed
