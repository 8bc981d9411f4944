// Asks the module and the native program the same questions: each example catalog with each of its records, and questions
// that are none. The answers have to be equal, byte for byte.
//   node page/same.mjs MODULE.wasm NATIVE_PROGRAM
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { load } from "./module.mjs";

const [module, native] = process.argv.slice(2);
const folder = name => new URL(`../../${name}/`, import.meta.url);
const files = name => readdirSync(folder(name)).filter(file => file.endsWith(".toml")).sort();
const text = (name, file) => readFileSync(new URL(file, folder(name)), "utf8");
const stem = file => file.replace(".toml", "").replace("hku-space", "hku");

const asked = [];
for (const catalog of files("catalogs")) {
    const records = files("records").filter(record => record.startsWith(stem(catalog)));
    for (const record of [null, ...records]) {
        const learner = record === null ? "" : text("records", record);
        const question = { catalog: text("catalogs", catalog), record: learner, as_of: "2026-11-22" };
        asked.push({ name: `${catalog}, ${record ?? "nobody"}`, question: { ask: "everything", ...question } });
    }
}
const lone = { ask: "what-if", catalog: "credential.a = {}", record: "", as_of: "2026-11-22" };
asked.push({ name: "a what-if", question: { ...lone, also: ["a", "b"], target: "a" } });
asked.push({ name: "no catalog", question: { ...lone, catalog: "credential.a = { stack = 'é' }" } });
asked.push({ name: "no record", question: { ...lone, record: "award = 3" } });
asked.push({ name: "no day", question: { ...lone, as_of: "2026-02-30" } });
asked.push({ name: "no such target", question: { ...lone, target: "b" } });
asked.push({ name: "no question", question: { ask: "nothing" } });

const ask = await load(readFileSync(module));
const lines = asked.map(({ question }) => JSON.stringify(question)).join("\n");
const ran = spawnSync(native, { input: lines, encoding: "utf8", maxBuffer: 2 ** 30 });
if (ran.status !== 0) throw new Error(`the native program failed: ${ran.stderr}`);
const answers = ran.stdout.trimEnd().split("\n");
let wrong = answers.length === asked.length ? 0 : 1;
let bytes = 0;
asked.forEach(({ name, question }, number) => {
    const [here, there] = [ask(question), answers[number]];
    bytes += here.length;
    const faults = JSON.parse(here).faults;
    if (question.ask === "everything" && faults && !name.startsWith("planted")) {
        wrong += 1;
        console.log(`${name}: ${faults}`);
    }
    if (here === there) return;
    wrong += 1;
    const at = [...here].findIndex((one, place) => one !== there?.[place]);
    console.log(`${name}: differs at ${at}\n  module: ${here.slice(at, at + 200)}\n  native: ${there?.slice(at, at + 200)}`);
});
console.log(`${asked.length} questions, ${bytes} characters of answers: ${wrong ? `${wrong} differ` : "the same"}`);
process.exitCode = wrong ? 1 : 0;
