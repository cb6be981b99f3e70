/** The import law (DESIGN §2). test/architecture.unit.spec.ts runs it, and shows that each rule catches a planted violation. */
const OTHER_SLICE = '^src/(?!platform/|$1/)[^/]+/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'The domain knows no framework, no storage, no transport: only node:crypto, typebox and uuid, and the mark of an error that clients may read.',
      severity: 'error',
      from: { path: '^src/[^/]+/domain/' },
      to: {
        pathNot: [
          '^src/[^/]+/domain/',
          '^src/platform/broken-rule\\.ts$',
          '^(node:)?crypto$',
          'node_modules/(typebox|uuid)/',
          '^(typebox|uuid)',
        ],
      },
    },
    {
      name: 'application-names-no-adapter',
      comment: 'A use case knows ports; what implements them is named in the module alone.',
      severity: 'error',
      from: { path: '^src/[^/]+/application/' },
      to: { path: '^src/[^/]+/(infrastructure|rest)/|node_modules/(typeorm|pg|ws|fastify)/' },
    },
    {
      name: 'rest-names-no-adapter',
      comment: 'A controller speaks to the bus, not to storage.',
      severity: 'error',
      from: { path: '^src/[^/]+/rest/' },
      to: { path: '^src/(?!platform/)[^/]+/infrastructure/|node_modules/(typeorm|pg)/' },
    },
    {
      name: 'slices-meet-inside',
      comment: "A slice uses another slice's domain and application, or its module; never its adapters.",
      severity: 'error',
      from: { path: '^src/(?!platform/)([^/]+)/' },
      to: { path: `${OTHER_SLICE}(infrastructure|rest)/` },
    },
    {
      name: 'platform-knows-no-slice',
      comment: 'Technology without a domain word.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(?!platform/)' },
    },
    {
      name: 'only-modules-compose',
      comment: 'Module files are imported by modules, and by what boots them.',
      severity: 'error',
      from: { pathNot: ['\\.module\\.ts$', '^src/main\\.ts$'] },
      to: { path: '^src/.*\\.module\\.ts$' },
    },
    {
      name: 'no-circle',
      comment: 'A circle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'production-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
