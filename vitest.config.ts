import { defineConfig } from 'vitest/config';

/** Folders whose tests need neither PostgreSQL nor Temporal. */
const PURE = [
  'test/law/**/*.test.ts',
  'test/sms/**/*.test.ts',
  'test/pure/**/*.test.ts',
  'test/bench/**/*.test.ts',
  'test/documents/**/*.test.ts',
  'test/gateways/samples/*.test.ts',
  'test/gateways/{conformance/conformance,requests,resolution,signatures}.test.ts',
  'test/messages/{batch-lock,call,circuit,learned-limit,message-id,next-plan,next-share,outcome-of-answer,sliding-log}.test.ts',
];

/** Put something else in the place of a module: whoever has read it before them would see the real one. */
const ALONE = ['test/law/appended-row.test.ts'];

/** Whole instances, started as a newcomer does and killed: one at a time, on a machine of their own. */
const END_TO_END = ['test/end-to-end/**/*.test.ts', 'test/pages/**/*.browser.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    restoreMocks: true,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      // Modules are read once for all files of a process: to read them for each took a third of the time.
      { extends: true, test: { name: 'pure', include: PURE, exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, ...END_TO_END],
          isolate: false,
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'end-to-end', include: END_TO_END, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
