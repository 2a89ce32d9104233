import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { IS_LONG } from './test/support/cases.ts';
import { changedByFolder } from './test/support/changed.ts';
import LongFilesFirst from './test/support/long-files-first.ts';

/** Folders whose tests need neither PostgreSQL nor Temporal. */
const PURE = [
  'test/law/**/*.test.ts',
  'test/sms/**/*.test.ts',
  'test/pure/**/*.test.ts',
  'test/bench/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/asvs/{complete,sources,documents}.test.ts',
  'test/documents/**/*.test.ts',
  'test/gateways/samples/*.test.ts',
  'test/gateways/doctor/transcript.test.ts',
  'test/gateways/{conformance/conformance,requests,resolution,signatures}.test.ts',
];

/** Put something else in the place of a module: whoever has read it before them would see the real one. */
const ALONE = ['test/law/appended-row.test.ts', 'test/law/hours-of-a-purpose.test.ts'];

/** Two more than there are cores, since each of them waits often: with one more a run took 735 s, with two 638 s. */
const WORKERS = Math.min(availableParallelism() + 2, 6);

/** Compiled code that runs leave for each other: test/support/kept.ts. */
const CODE = fileURLToPath(new URL('node_modules/.cache/bonheure-test/cache/code', import.meta.url));

/** Node imports the sources by itself and keeps what it compiled: Vite's runner took a third of the processor time of a run. */
const NATIVE = { experimental: { viteModuleRunner: false, nodeLoader: false } } as const;

/** What every project has; the number of workers is the run's, so that `--maxWorkers` decides. */
const COMMON = {
  pool: 'forks',
  env: { NODE_COMPILE_CACHE: CODE },
  restoreMocks: true,
  setupFiles: './test/support/property-seed.ts',
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // A second is nothing on a busy machine; whoever waits for less says so.
  expect: { poll: { timeout: 60_000 } },
} as const;

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    sequence: { sequencer: LongFilesFirst },
    teardownTimeout: 20_000,
    reporters: ['default', './test/support/closing-line.ts'],
    // CONTRIBUTING names each file that has some, with the reason.
    tags: [{ name: 'night', description: 'left to npm run test:long', skip: !IS_LONG }],
    projects: [
      // Modules are read once for all files of a process: to read them for each took a third of the time.
      {
        plugins: [changedByFolder],
        test: { ...COMMON, ...NATIVE, name: 'pure', include: PURE, exclude: ALONE, isolate: false },
      },
      { test: { ...COMMON, name: 'alone', include: ALONE } },
      {
        test: {
          ...COMMON,
          ...NATIVE,
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: PURE,
          isolate: false,
          // For test/platform/journal/locks.test.ts, which has a world for each.
          maxConcurrency: 8,
          setupFiles: ['./test/support/property-seed.ts', './test/support/after-each-file.ts'],
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
    ],
  },
});
