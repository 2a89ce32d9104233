import { aJournal, leaving } from '../pure/journal/journal-on-disk.ts';

/** Acknowledges one opt-out by its journal alone, says so, and waits to be killed. */
const [root = '', processId = '', tenantId = '', phone = ''] = process.argv.slice(2);
const journal = await aJournal(root, processId);
const at = await journal.write(leaving(phone, tenantId));
await journal.owe(at);
process.stdout.write('acknowledged\n');
setInterval(() => undefined, 60_000);
