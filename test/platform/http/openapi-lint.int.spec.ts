import { createConfig, lintFromString } from '@redocly/openapi-core';
import { useService } from '../../support/used-service.js';

/** Redocly's recommended rules, without what says nothing about this API. */
const RULES = {
  extends: ['recommended'],
  rules: {
    'info-license': 'off',
    // The document is served by the very server that it describes.
    'no-empty-servers': 'off',
    // The GETs of the product are open to anybody.
    'security-defined': 'off',
    // `/health` and the like take nothing that could be wrong.
    'operation-4xx-response': 'off',
    'no-invalid-schema-examples': 'error',
    'no-invalid-parameter-examples': 'error',
    'no-invalid-media-type-examples': 'error',
    'no-unused-components': 'error',
    'operation-operationId-unique': 'error',
    'operation-parameters-unique': 'error',
    'operation-tag-defined': 'error',
    'tag-description': 'error',
    'no-ambiguous-paths': 'error',
  },
} as const;

describe('the API document, linted', () => {
  const service = useService();

  const lint = async (source: string) => {
    const config = await createConfig({ ...RULES, extends: [...RULES.extends] });
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
    return problems.map(
      ({ ruleId, message, location }) =>
        `${ruleId}: ${message} (${location[0]?.pointer ?? location[0]?.source.absoluteRef})`,
    );
  };

  it('has no fault by the rules of the linter', async () => {
    expect(await lint(await (await fetch(`${service.url}/docs-json`)).text())).toEqual([]);
  });

  it('the linter would notice', async () => {
    const document = (await (await fetch(`${service.url}/docs-json`)).json()) as { paths: Record<string, object> };
    document.paths['/planted'] = {
      get: {
        operationId: 'planted',
        responses: { 200: { description: 'x', content: { 'application/json': { schema: { $ref: '#/nowhere' } } } } },
      },
    };
    expect((await lint(JSON.stringify(document))).join()).toContain('no-unresolved-refs');
  });
});
