// Builds the studio's bundle: `node build.mjs [folder]` writes studio.js, studio.css and player.js there.
import { build } from "esbuild";

const target = process.argv[2] ?? "../src/gradwalk/studio/static";

await build({
  entryPoints: { studio: "src/main.tsx", player: "src/player.tsx", style: "src/style.css" },
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  loader: { ".woff2": "dataurl" }, // an exported page is one file
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});
