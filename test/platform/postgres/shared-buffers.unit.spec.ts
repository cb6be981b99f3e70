import { sharedBuffersMb } from '../../../src/platform/postgres/embedded/embedded-postgres-server.js';

const GB = 1024 ** 3;

test.each([
  [0.5, 128],
  [2, 256],
  [8, 1024],
  [16, 2048],
  [256, 2048],
])('of a machine with %d GB our own PostgreSQL takes %d MB', (machineGb, expected) => {
  expect(sharedBuffersMb(machineGb * GB)).toBe(expected);
});
