/**
 * Jest on Node 20 cannot `require` an ES module, and Nest 12 is published as ES modules only.
 * So swc turns our TypeScript, and every dependency that declares itself an ES module, into CommonJS;
 * dependencies that already are CommonJS pass through untouched.
 */
const { readFileSync } = require('node:fs');
const { dirname, extname, join } = require('node:path');
const { createTransformer } = require('@swc/jest');

const swc = createTransformer({
  swcrc: false,
  sourceMaps: true,
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    // The same class-field semantics as tsconfig.json, or decorated fields are overwritten.
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'commonjs' },
});

const moduleTypeOfFolder = new Map();

function moduleType(folder) {
  const known = moduleTypeOfFolder.get(folder);
  if (known) return known;
  let type;
  try {
    type = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type ?? 'commonjs';
  } catch {
    const parent = dirname(folder);
    type = parent === folder ? 'commonjs' : moduleType(parent);
  }
  moduleTypeOfFolder.set(folder, type);
  return type;
}

function isCommonJs(file) {
  const extension = extname(file);
  if (extension === '.cjs') return true;
  return extension !== '.mjs' && moduleType(dirname(file)) !== 'module';
}

module.exports = {
  ...swc,
  canInstrument: false,
  process(source, file, options) {
    if (file.includes('/node_modules/') && isCommonJs(file)) return { code: source };
    return swc.process(source, file, options);
  },
};
