// onnxruntime-node, PGlite and fetch compare constructors by identity, and Jest gives each test file a realm
// of its own. Sharing the binary types of the outer realm makes `new Float32Array()` in a test the same type
// that native code checks for.
const { TestEnvironment } = require('jest-environment-node');

const SHARED_TYPES = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float32Array',
  'Float64Array',
  'Error',
];

module.exports = class SharedTypedArraysEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of SHARED_TYPES) this.global[name] = globalThis[name];
  }
};
