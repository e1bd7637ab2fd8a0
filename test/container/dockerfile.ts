import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/run.js';

/** One line of the Dockerfile, such as `RUN npm ci`. */
interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What `FROM` begins. */
export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of the project's Dockerfile. */
export function readDockerfile(): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of readLines('Dockerfile', /\\\n/g)) {
    const [, name = '', text = ''] = /^([A-Z]+)\s+(\S.*)$/.exec(line) ?? [];
    if (name === 'FROM') {
      const [base = '', , stage] = text.split(/\s+/);
      stages.push({ base, name: stage, instructions: [] });
    } else if (name === '') {
      throw new Error(`the Dockerfile has a line without an instruction: ${line}`);
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${name} comes before FROM`);
      stage.instructions.push({ name, text });
    }
  }
  return stages;
}

/** The patterns of `.dockerignore`. */
export function readDockerignore(): string[] {
  return readLines('.dockerignore');
}

/** The texts of one kind of instruction. */
export function textsOf({ instructions }: Stage, name: string): string[] {
  return instructions.filter((each) => each.name === name).map(({ text }) => text);
}

/** The words of an instruction in exec form; undefined if it is in shell form. */
export function parseExecForm(text: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** The command of the last `HEALTHCHECK`, after its options. */
export function readHealthCheck(stage: Stage): string[] | undefined {
  const [, command = ''] = /CMD\s+(\S.*)$/.exec(textsOf(stage, 'HEALTHCHECK').at(-1) ?? '') ?? [];
  return parseExecForm(command);
}

/** The names and values of `ENV`, `ARG` or `LABEL`. */
export function readPairs(stage: Stage, name: 'ENV' | 'ARG' | 'LABEL'): Record<string, string> {
  return Object.fromEntries(
    textsOf(stage, name)
      .flatMap((text) => [...text.matchAll(/([\w.]+)(?:=("[^"]*"|\S*))?/g)])
      .map(([, key = '', value = '']) => [key, value.replace(/^"|"$/g, '')]),
  );
}

function readLines(file: string, joint?: RegExp): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/^#.*\n/gm, '');
  return (joint === undefined ? text : text.replace(joint, ' '))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
