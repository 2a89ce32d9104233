import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Folders whose tests need neither PostgreSQL nor Temporal. */
const PURE = [
  'test/law/**/*.test.ts',
  'test/sms/**/*.test.ts',
  'test/pure/**/*.test.ts',
  'test/bench/**/*.test.ts',
  'test/documents/**/*.test.ts',
  'test/gateways/samples/*.test.ts',
  'test/gateways/doctor/transcript.test.ts',
  'test/gateways/{conformance/conformance,requests,resolution,signatures}.test.ts',
  'test/messages/{batch-lock,call,circuit,learned-limit,message-id,next-plan,next-share,outcome-of-answer,sliding-log}.test.ts',
];

/** Put something else in the place of a module: whoever has read it before them would see the real one. */
const ALONE = ['test/law/appended-row.test.ts'];

/** Whole instances, started as people start them and killed; each has ports and a folder of its own. */
const END_TO_END = ['test/end-to-end/**/*.test.ts', 'test/pages/**/*.browser.test.ts'];

/** As many as there are cores: with one more, two of three runs on two cores met a test that waited in vain. */
const WORKERS = Math.min(Math.max(availableParallelism(), 2), 6);

/** Compiled code that runs leave for each other: test/support/kept.ts. */
const CODE = fileURLToPath(new URL('node_modules/.cache/bonheure-test/cache/code', import.meta.url));

/** What every project has; the number of workers is the run's, so that `--maxWorkers` decides. */
const COMMON = {
  pool: 'forks',
  env: { NODE_COMPILE_CACHE: CODE },
  restoreMocks: true,
  testTimeout: 90_000,
  hookTimeout: 120_000,
} as const;

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    teardownTimeout: 20_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      // Modules are read once for all files of a process: to read them for each took a third of the time.
      { test: { ...COMMON, name: 'pure', include: PURE, exclude: ALONE, isolate: false } },
      { test: { ...COMMON, name: 'alone', include: ALONE } },
      {
        test: {
          ...COMMON,
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, ...END_TO_END],
          isolate: false,
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
      // Each starts five programs and more: one at a time, once all others are through.
      {
        test: {
          ...COMMON,
          name: 'end-to-end',
          include: END_TO_END,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
