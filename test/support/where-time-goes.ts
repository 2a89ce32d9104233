import { fileURLToPath } from 'node:url';
import { availableParallelism } from 'node:os';
import {
  DefaultReporter,
  type SerializedError,
  type TestModule,
  type TestRunEndReason,
  type Vitest,
} from 'vitest/node';
import ClosingLine from './closing-line.ts';
import { processorTimes, type FileCosts } from './costs.ts';

const COLUMNS = ['wall', 'computing', 'cloning', 'sleeping', 'waiting', 'processor', 'started'] as const;
const NOTHING: FileCosts = {
  wall: 0,
  computing: 0,
  cloning: 0,
  sleeping: 0,
  waiting: 0,
  processor: 0,
  started: 0,
};

const LEGEND = `Seconds of each file. wall = computing (its code ran) + cloning (databases) + sleeping (pauses of its own)
+ waiting (servers, processes). processor: of its process, all threads; started: of processes that it started and that ended.`;

const seconds = (ms: number): string => (ms / 1_000).toFixed(1).padStart(10);
const row = (costs: FileCosts, name: string): string =>
  `${COLUMNS.map((column) => seconds(costs[column])).join('')}  ${name}\n`;

function sum(all: readonly FileCosts[]): FileCosts {
  const total: Record<(typeof COLUMNS)[number], number> = { ...NOTHING };
  for (const one of all) for (const column of COLUMNS) total[column] += one[column];
  return total;
}

/** Tells after a run where its time went: npm test -- --reporter=./test/support/where-time-goes.ts */
export default class WhereTimeGoes extends DefaultReporter {
  readonly #began = performance.now();
  readonly #closing = new ClosingLine();

  override onInit(vitest: Vitest): void {
    super.onInit(vitest);
    this.#closing.onInit();
    const setup = fileURLToPath(new URL('./file-costs.ts', import.meta.url));
    for (const { config } of vitest.projects) config.setupFiles.unshift(setup);
  }

  override onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, unhandled, reason);
    tell(modules);
    // When everything has ended, the kernel has counted everything.
    process.once('exit', () => {
      const wall = performance.now() - this.#began;
      const { own, ended } = processorTimes('self');
      const [cores, took] = [availableParallelism(), seconds(wall).trim()];
      const share = Math.round((100 * (own + ended)) / (wall * cores));
      write(
        `\nThe run: ${took} s, ${seconds(own + ended).trim()} s of processor, ${share} % of ${cores} cores; `,
      );
      write(`the runner itself ${seconds(own).trim()} s.\n`);
    });
    this.#closing.onTestRunEnd(modules, unhandled);
  }
}

const write = (text: string): void => void process.stdout.write(text);

function tell(modules: readonly TestModule[]): void {
  const files = modules.map((file) => ({
    project: file.project.name,
    name: file.relativeModuleId,
    costs: file.meta().costs ?? { ...NOTHING, wall: file.diagnostic().duration },
  }));
  const heading = `${COLUMNS.map((column) => column.padStart(10)).join('')}\n`;
  write(`\n${LEGEND}\n\n${heading}`);
  for (const [project, all] of Map.groupBy(files, (file) => file.project))
    write(row(sum(all.map(({ costs }) => costs)), `${project}: ${all.length} files`));
  write('\n');
  for (const { costs, name } of files.toSorted((one, other) => other.costs.wall - one.costs.wall))
    write(row(costs, name));
}
