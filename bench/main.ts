/**
 * Compares the service with peers that do the same job, side by side in one run. Each server has a
 * process on one core; the load and the origin have the other (docs/performance.md).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Lab } from './lab.js';
import { describeMachine } from './machine.js';
import { checkQuickly } from './quick.js';
import { writePage } from './report/page.js';
import { type Section, toText } from './report/section.js';
import { SCENARIOS } from './scenarios/index.js';

const LEAD_IN_SECONDS = 0.5;
const WARM_UP_SECONDS = 4;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1.5' },
    'ten-million': { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

async function main(): Promise<boolean> {
  if (values.list) {
    for (const { name, about } of SCENARIOS) console.log(`${name.padEnd(12)} ${about}`);
    return true;
  }
  const chosen = choose(values.only);
  const lab = Lab.open();
  console.log(`${describeMachine()}\n`);
  return values.quick ? checkQuickly(lab) : runAll(lab, chosen);
}

function choose(only: string | undefined): typeof SCENARIOS {
  const names = only?.split(',') ?? SCENARIOS.map(({ name }) => name);
  return names.map((name) => {
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (scenario === undefined) throw new Error(`unknown scenario ${name}; --list shows all`);
    return scenario;
  });
}

async function runAll(lab: Lab, scenarios: typeof SCENARIOS): Promise<boolean> {
  const times = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    leadInSeconds: LEAD_IN_SECONDS,
    warmUpSeconds: WARM_UP_SECONDS,
  };
  const sections: Section[] = [];
  for (const scenario of scenarios) {
    for await (const section of scenario.run({ lab, times, isLarge: values['ten-million'] })) {
      console.log(`${toText(section)}\n`);
      sections.push(section);
    }
    await lab.stopAll();
  }
  const results = { machine: describeMachine(), times, sections };
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 2));
  if (values.write) writePage(sections);
  const failures = sections.flatMap(({ measured }) => measured.flatMap((each) => each.failures));
  for (const failure of failures) console.log(failure);
  return failures.length === 0;
}

// A library of the test database sets the exit code to 0 when the process ends by itself.
process.exit((await main()) ? 0 : 1);
