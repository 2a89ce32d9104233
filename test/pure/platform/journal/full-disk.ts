import { aJournal, leaving } from './journal-on-disk.ts';

/** Writes until the disk is full, then twice more; tells what became of each. */
const journal = await aJournal(process.argv[2] ?? '');
const outcomes: string[] = [];
for (let count = 0; count < 12; count += 1)
  outcomes.push(
    await journal.write(leaving(`+3363998${String(1_000 + count)}`)).then(
      () => 'kept',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'other'),
    ),
  );
process.stdout.write(JSON.stringify(outcomes));
process.exit(0);
