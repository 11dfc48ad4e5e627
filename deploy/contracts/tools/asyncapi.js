// Validates an AsyncAPI document with AsyncAPI's own parser, the files it refers to included: `node asyncapi.js FILE`.
// One line for each finding of the severities error and warning; exit code 1 if there is any.
import { Parser, fromFile } from "@asyncapi/parser";

const [file] = process.argv.slice(2);
const { document, diagnostics } = await fromFile(new Parser(), file).parse({
  applyTraits: true,
  allowedSeverity: { error: false, warning: true, info: true, hint: true },
});
const found = diagnostics.filter((one) => one.severity <= 1);
for (const one of found) {
  console.log(`${one.severity ? "warning" : "error"} ${one.path.join("/")}: ${one.message} (${one.code})`);
}
if (document) {
  console.log(`AsyncAPI ${document.version()}: ${document.channels().length} channels, ${document.messages().length} messages`);
}
process.exitCode = found.length || !document ? 1 : 0;
