type Ending = () => unknown;

const endings: Ending[] = [];

/**
 * Ends something when the test file is over, after the file's own hooks; what was begun last ends first.
 *
 * Helpers use this and not `afterAll`: called within `beforeAll` or a test, vitest takes such a hook and never runs it.
 * What then lives on asks a database that is gone, for as long as the process runs other files.
 */
export function afterFile(end: Ending): void {
  endings.push(end);
}

/** Ends everything that the file began; one that fails keeps no other from its end. */
export async function endFile(): Promise<void> {
  const failures: unknown[] = [];
  for (const end of endings.splice(0).toReversed()) {
    try {
      await end();
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'what the file began did not end well');
}
