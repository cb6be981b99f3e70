import { readFileSync, statSync } from 'node:fs';
import { load } from 'js-yaml';

interface Workflow {
  readonly jobs: {
    readonly run: {
      readonly strategy: { readonly matrix: { readonly node: readonly string[] } };
      readonly steps: readonly { readonly run?: string; readonly with?: Readonly<Record<string, string>> }[];
    };
  };
}

/** The files that people look for in a repository beside its code. */
describe('the repository', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { license: string; engines: { node: string } };

  it('runs .ci/run on each Node that it supports', () => {
    const { run } = (load(readFileSync('.github/workflows/ci.yml', 'utf8')) as Workflow).jobs;
    expect(run.strategy.matrix.node).toEqual(['20', '22', '24']);
    expect(manifest.engines.node).toBe('>=20.19');
    expect(run.steps.map((step) => step.run).filter((line) => line !== undefined)).toEqual(['.ci/run']);
    expect(run.steps.map((step) => step.with?.['node-version'])).toContain('${{ matrix.node }}');
    expect(statSync('.ci/run').mode & 0o111).not.toBe(0);
  });

  it('has the licence that package.json names', () => {
    expect(readFileSync('LICENSE', 'utf8')).toContain(`${manifest.license} License`);
  });
});
