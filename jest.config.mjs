/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  setupFiles: ['reflect-metadata'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.(ts|js|mjs)$': '<rootDir>/jest-transform.cjs' },
  transformIgnorePatterns: [],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/longest-first.sequencer.cjs',
  reporters: ['default', '<rootDir>/test/support/closing-line.reporter.cjs'],
  testTimeout: 60_000, // of hooks, too: DROP DATABASE waits until a checkpoint has written what all others did
  workerIdleMemoryLimit: '700MB', // what test files leave behind makes every collection slower
};
