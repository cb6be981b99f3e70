import { DownloadCount } from '../../../../src/platform/pulsar/embedded/embedded-pulsar-jars.js';

test("progress counts jars and bytes from Maven's lines, and nothing else", () => {
  const count = new DownloadCount();
  expect(count.toString()).toBe('Maven is reading its catalogue');
  for (const line of [
    'Downloading from central: https://repository.example/a/a-1.jar',
    'Downloaded from central: https://repository.example/a/a-1.pom (3.5 kB at 120 kB/s)',
    'Downloaded from central: https://repository.example/a/a-1.jar (58 MB at 12 MB/s)',
    'Downloaded from central: https://repository.example/b/b-1.jar (1500 kB at 900 kB/s)',
    'Progress (1): a-1.jar (1.2/58 MB)',
  ]) {
    count.read(line);
  }
  expect(count.toString()).toBe('2 jars, 60 MB downloaded');
});
