import type { Plan } from '../src/platform/index.ts';
import { type Attempt, beating, type Ending } from './attempt.ts';
import { answering } from './refusal.ts';

/** One uploaded file of one tenant. */
export interface ImportIds {
  readonly tenantId: string;
  readonly importId: string;
}

/** What reading a file needs of the domain. */
export interface ImportPort {
  /** Reads on from the cursor for a minute or so; `send` while rows are left. */
  readImport(upload: ImportIds, attempt: Attempt): Promise<Plan>;
}

/** The verb of an import. */
export const createImportActivities = (imports: ImportPort, ending: Ending) => ({
  readImport: (upload: ImportIds) =>
    answering(() => beating(ending, (attempt) => imports.readImport(upload, attempt))),
});
