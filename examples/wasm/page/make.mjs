// Makes one file of the page: with the module, and with a catalog and a record to begin with.
//   node page/make.mjs MODULE.wasm PAGE.html
import { readFileSync, writeFileSync } from "node:fs";

const here = name => readFileSync(new URL(name, import.meta.url), "utf8");
const example = [here("../../catalogs/comptia.toml"), here("../../records/comptia-technician.toml"), "2026-11-22"];
// `<` would end the script if `/script>` followed it.
const text = JSON.stringify(example).replaceAll("<", "\\u003c");
const parts = {
    "/*MODULE*/": here("module.mjs").replace("export ", ""),
    "/*EXAMPLE*/": text,
    "/*WASM*/": readFileSync(process.argv[2]).toString("base64"),
};
const page = Object.entries(parts).reduce((page, [name, part]) => page.replace(name, () => part), here("page.html"));
writeFileSync(process.argv[3], page);
