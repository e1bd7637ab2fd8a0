/**
 * Which folder may import which. From top to bottom: commands, routes, services, basics, domain.
 * A folder imports the layers below it and nothing above.
 */
const ROUTES =
  'proxy|setup|pull|channelback|clickthrough|events|pages|privacy|health|manifest|metrics';
const SERVICES = 'credentials|ledger|gate|instagram|zendesk';
const BASICS = 'common|config';

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(src|node_modules)/', pathNot: '^src/domain/' },
    },
    {
      name: 'commands-on-top',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'routes-apart',
      comment: 'Routes do not import each other.',
      severity: 'error',
      from: { path: `^src/(${ROUTES})/` },
      to: { path: `^src/(${ROUTES})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'services-below-routes',
      severity: 'error',
      from: { path: `^src/(${SERVICES}|${BASICS})/` },
      to: { path: `^src/(${ROUTES})/` },
    },
    {
      name: 'basics-below-services',
      severity: 'error',
      from: { path: `^src/(${BASICS})/` },
      to: { path: `^src/(${SERVICES})/` },
    },
    {
      name: 'services-apart',
      comment:
        'Services do not import each other, with two exceptions: Zendesk limits and types, and ' +
        'the gate, which stands between Instagram and the ledger.',
      severity: 'error',
      from: { path: `^src/(${SERVICES})/`, pathNot: '^src/(gate|instagram)/' },
      to: { path: `^src/(${SERVICES})/`, pathNot: ['^src/$1/', '^src/zendesk/'] },
    },
    {
      name: 'instagram-through-the-gate',
      severity: 'error',
      from: { path: '^src/instagram/', pathNot: '\\.spec\\.ts$' },
      to: { path: `^src/(${SERVICES})/`, pathNot: ['^src/instagram/', '^src/gate/'] },
    },
    {
      name: 'gate-above-ledger',
      severity: 'error',
      from: { path: '^src/gate/', pathNot: '\\.spec\\.ts$' },
      to: { path: `^src/(${SERVICES})/`, pathNot: ['^src/gate/', '^src/ledger/'] },
    },
    {
      name: 'instagram-knows-no-zendesk',
      severity: 'error',
      from: { path: '^src/instagram/' },
      to: { path: '^src/zendesk/' },
    },
    {
      name: 'common-below-config',
      comment: 'Common code reads no settings.',
      severity: 'error',
      from: { path: '^src/common/' },
      to: { path: '^src/config/' },
    },
    {
      name: 'axios-in-instagram-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/instagram/' },
      to: { path: 'node_modules/(@nestjs/axios|axios)/' },
    },
    {
      name: 'sandbox-apart',
      comment: 'Shared code would hide a wrong reading of the protocol from the tests.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^src/' },
    },
    {
      name: 'app-apart',
      comment: 'The app relies on docs/protocol.md only, and the sandbox runs the packaged app.',
      severity: 'error',
      from: { path: '^zendesk-app/' },
      to: { path: '^(src|sandbox|test)/' },
    },
    {
      name: 'app-as-package',
      severity: 'error',
      from: { path: '^(src|sandbox)/' },
      to: { path: '^zendesk-app/' },
    },
    {
      name: 'source-knows-no-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(sandbox|test)/' },
    },
    {
      name: 'known-packages',
      comment: 'Imports need an entry in package.json. Production code needs no devDependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types'],
    },
  },
};
