// A setup file of every test file with services. Other modules are read once for all files of a process, so a hook that
// one of them registers is only of the first file that reads it; a setup file is run for each.
import { afterAll } from 'vitest';
import '../../src/main/wiring.ts';
import { endFile } from './after-file.ts';
import { dropDatabases } from './database.ts';
import { takeRowFaults } from './row-types.ts';

interface Outcome {
  readonly result?: { readonly state?: string } | undefined;
  readonly tasks?: readonly Outcome[];
}

function failed(task: Outcome): boolean {
  return task.result?.state === 'fail' || (task.tasks ?? []).some(failed);
}

// Registered before every hook of the file, so it runs after them.
// oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern to know which fixtures are wanted
afterAll(async ({}, suite) => {
  try {
    await endFile();
  } finally {
    await dropDatabases(failed(suite));
  }
  const faults = takeRowFaults();
  if (faults.length > 0) throw new Error(`rows other than their row types say:\n${faults.join('\n')}`);
});
