// A receipt with every kind of block, by npm's @point-of-sale/receipt-printer-encoder, as ESC/POS bytes.
"use strict";
const module_ = require("@point-of-sale/receipt-printer-encoder");
const Encoder = module_.default || module_;
const columns = Number(process.argv[2]);
const half = columns / 2;
const bytes = new Encoder({ language: "esc-pos", columns, codepageMapping: "epson" })
  .initialize()
  .align("center").bold(true).line("Guitai").bold(false)
  .rule()
  .width(2).height(2).line("TOTAL 12.50").width(1).height(1)
  .align("left")
  .table([{ width: half, align: "left" }, { width: half, align: "right" }], [["tea", "1.00"], ["sugar", "2.00"]])
  .underline(true).text("under").underline(false).invert(true).text("turned").invert(false).newline()
  .box({ width: 20, style: "single" }, "boxed")
  .barcode("8800000025093", "code128", 60)
  .qrcode("https://example.cn/r/1")
  .pulse()
  .cut()
  .encode();
process.stdout.write(Buffer.from(bytes));
