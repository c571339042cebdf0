// Bundles each src/<name>.ts into one file that the pages load, and writes into its head what it was made from:
// the tests compare that with the sources, so that a forgotten build is found without Node.
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const INTO = "../src/juncture/web/pages/static/live";
const only = process.argv.slice(2);
const names = (await readdir("src")).filter((name) => name.endsWith(".ts")).map((name) => name.slice(0, -3));
const sha256 = async (path) => createHash("sha256").update(await readFile(path)).digest("hex").slice(0, 16);

for (const name of names.filter((each) => !only.length || only.includes(each))) {
  const made = await build({
    entryPoints: [`src/${name}.ts`],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    charset: "utf8",
    alias: { "@codemirror/lang-html": "./src/editor/plainhtml.ts" },
  });
  const packages = new Set();
  const sources = [];
  for (const path of Object.keys(made.metafile.inputs).sort()) {
    const inside = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (inside) packages.add(inside[1]);
    else sources.push(`${path} ${await sha256(path)}`);
  }
  for (const each of [...packages].sort()) {
    const { version } = JSON.parse(await readFile(`node_modules/${each}/package.json`, "utf8"));
    sources.push(`${each}@${version}`);
  }
  await writeFile(`${INTO}/${name}.js`, `/* Made by frontend/build.mjs from:\n${sources.join("\n")}\n*/\n${made.outputFiles[0].text}`);
  console.log(`${name}.js ${Math.round(made.outputFiles[0].text.length / 1024)} kB`);
}
