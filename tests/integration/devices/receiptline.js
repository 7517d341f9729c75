// Prints what receiptline (npm) makes of the markdown on standard input, as ESC/POS bytes for GB18030 printers.
"use strict";
const { transform } = require("receiptline");
const iconv = require("iconv-lite");
const [mode, columns] = process.argv.slice(2);
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
  const input = Buffer.concat(chunks);
  if (mode === "encode") {
    const printer = { command: "escpos", encoding: "gb18030", cpl: Number(columns), cutting: true };
    process.stdout.write(Buffer.from(transform(input.toString("utf8"), printer), "binary"));
  } else if (mode === "gb18030") {
    process.stdout.write(iconv.encode(input.toString("utf8"), "gb18030"));
  } else {
    process.stdout.write(iconv.decode(input, "gb18030"));
  }
});
