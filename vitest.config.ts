import { defineConfig } from 'vitest/config';

/** Folders whose tests need neither PostgreSQL nor Temporal. */
const PURE = [
  'test/law/**/*.test.ts',
  'test/sms/**/*.test.ts',
  'test/pure/**/*.test.ts',
  'test/documents/**/*.test.ts',
  'test/messages/{batch-lock,call,circuit,message-id,next-plan,next-share,outcome-of-answer,sliding-log}.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    restoreMocks: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: PURE } },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: PURE,
          globalSetup: ['./test/support/global-setup.ts'],
        },
      },
    ],
  },
});
