// Compiles each of the Typst files that are named to a PDF beside it; prints for each, as a line of JSON, what the
// compiler complains of.
const fs = require('fs');
const path = require('path');
const { NodeCompiler } = require('@myriaddreamin/typst-ts-node-compiler');

for (const file of process.argv.slice(2)) {
    const compiler = NodeCompiler.create({ workspace: path.dirname(file) });
    const result = compiler.compile({ mainFilePath: file });
    const complaint = result.hasError() ? result.takeError() : result.takeWarnings();
    console.log(JSON.stringify(complaint ? complaint.shortDiagnostics.map((one) => one.message) : []));
    if (result.result) {
        fs.writeFileSync(file.replace(/\.typ$/, '.pdf'), compiler.pdf(result.result));
    }
}
