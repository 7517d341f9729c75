// What npm's receiptio says of a printer: prints the markdown on standard input, or asks for the status, by its options.
"use strict";
const { print } = require("receiptio");
const chunks = [];
process.stdin
  .on("data", (chunk) => chunks.push(chunk))
  .on("end", () => print(Buffer.concat(chunks).toString("utf8"), process.argv[2]).then((said) => console.log(said)));
