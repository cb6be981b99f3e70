/**
 * Jest loads its global set-up with Node's own `require`, which does not know that `./x.js` is the file `x.ts` here
 * (inside tests jest's moduleNameMapper says so). Import this file first.
 */
const Module = require('node:module');
const { existsSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

const original = Module._resolveFilename;
Module._resolveFilename = function resolveFilename(request, parent, ...rest) {
  if (parent?.filename && /^\.{1,2}\/.*\.js$/.test(request)) {
    const source = resolve(dirname(parent.filename), request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return original.call(this, request, parent, ...rest);
};
