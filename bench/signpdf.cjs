// @signpdf/signpdf as a peer: signs the file named in a line of standard input, prints milliseconds.
const fs = require("node:fs");
const { plainAddPlaceholder } = require("@signpdf/placeholder-plain");
const { P12Signer } = require("@signpdf/signer-p12");
const { SignPdf } = require("@signpdf/signpdf");

const [p12, passphrase] = process.argv.slice(2);
const key = fs.readFileSync(p12);
const signing = new SignPdf();
const read = new Map();

async function sign(path, out) {
  if (!read.has(path)) read.set(path, fs.readFileSync(path));
  const pdfBuffer = read.get(path);
  // Its signer uses up its container with the first signature, so there is a new one each time.
  const signer = new P12Signer(key, { passphrase });
  const began = performance.now();
  const prepared = plainAddPlaceholder({
    pdfBuffer, reason: "Thử", contactInfo: "", name: "Thử", location: "",
  });
  const signed = await signing.sign(prepared, signer);
  const took = performance.now() - began;
  if (out) fs.writeFileSync(out, signed);
  return took;
}

(async () => {
  for await (const line of require("node:readline").createInterface({ input: process.stdin })) {
    const [path, out] = JSON.parse(line);
    console.log((await sign(path, out)).toFixed(4));
  }
})();
