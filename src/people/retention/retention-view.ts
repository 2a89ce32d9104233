import { CONTACT_KEPT, LOG_KEPT, PROOF_KEPT, TEXT_KEPT, type Day, howLong } from '../../law/index.ts';
import { NOTICE_DAYS } from './retention.ts';
import type { RetentionRun } from './retention-run.repository.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** One kind of records in a run: count, reason, rule. */
interface LineView {
  readonly what: string;
  readonly count: number;
  readonly ruleId: string;
  readonly text: string;
}

/** A run for answers: its certificate, or the expected result of retention. */
export interface RunView extends Omit<RetentionRun, 'lines'> {
  readonly lines: readonly LineView[];
}

/** Builds the view of a run, with the retention periods of its day. */
export function runView({ lines, ...run }: RetentionRun, language: Language): RunView {
  const kinds = kindsOn(run.startedAt);
  return {
    ...run,
    lines: Object.entries(lines).map(([what, count]) => {
      const [kind = what, because = ''] = what.split('.');
      const { ruleId, words } = kinds[kind] ?? baseless(because);
      return { what, count, ruleId, text: words[language] };
    }),
  };
}

interface Kind {
  readonly ruleId: string;
  readonly words: Words;
}

const notice = howLong({ days: NOTICE_DAYS });

const baseless = (because: string): Kind => ({
  ruleId: 'RET-01',
  words: bilingual.retention.baseless({ because, notice }),
});

function kindsOn(day: Day): Readonly<Record<string, Kind>> {
  const [contact, proof] = [howLong(CONTACT_KEPT.on(day)), howLong(PROOF_KEPT.on(day))];
  const [text, log] = [howLong(TEXT_KEPT.on(day)), howLong(LOG_KEPT.on(day))];
  const { retention } = bilingual;
  return {
    consentsExpired: { ruleId: 'RET-01', words: retention.consentsExpired({ contact }) },
    contactsNoticed: { ruleId: 'RET-01', words: retention.contactsNoticed({ notice }) },
    contactsRemoved: { ruleId: 'RET-01', words: retention.contactsRemoved({ notice }) },
    texts: { ruleId: 'RET-04', words: retention.texts({ text }) },
    answers: { ruleId: 'RET-04', words: retention.answers({ text }) },
    replies: { ruleId: 'RET-04', words: retention.replies({ log }) },
    rights: { ruleId: 'RET-03', words: retention.rights({ proof }) },
    cancellations: { ruleId: 'RET-04', words: retention.cancellations({ log }) },
    proofs: { ruleId: 'RET-03', words: retention.proofs({ proof }) },
  };
}
