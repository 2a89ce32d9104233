import { CONTACT_KEPT, LOG_KEPT, PROOF_KEPT, TEXT_KEPT } from '../law/chapters/retention.ts';
import { howLong } from '../law/rule.ts';
import { NOTICE_DAYS } from './retention.ts';
import type { RetentionRun } from './retention-run.repository.ts';
import { bilingual, type Language, type Words } from '../words/index.ts';

const [contact, proof] = [howLong(CONTACT_KEPT), howLong(PROOF_KEPT)];
const [text, log] = [howLong(TEXT_KEPT), howLong(LOG_KEPT)];
const notice = howLong({ days: NOTICE_DAYS });

/** One kind of thing of a run: how many, why, by which rule. */
interface LineView {
  readonly what: string;
  readonly count: number;
  readonly ruleId: string;
  readonly text: string;
}

/** A run as answers show it: its certificate, or what a cleaning would do. */
export interface RunView extends Omit<RetentionRun, 'lines'> {
  readonly lines: readonly LineView[];
}

/** The view of a run. */
export const runView = ({ lines, ...run }: RetentionRun, language: Language): RunView => ({
  ...run,
  lines: Object.entries(lines).map(([what, count]) => {
    const { ruleId, words } = kindOf(what);
    return { what, count, ruleId, text: words[language] };
  }),
});

interface Kind {
  readonly ruleId: string;
  readonly words: Words;
}

const kindOf = (what: string): Kind => {
  const [kind = what, because = ''] = what.split('.');
  return KINDS[kind] ?? baseless(because);
};

const baseless = (because: string): Kind => ({
  ruleId: 'RET-01',
  words: bilingual.retention.baseless({ because, notice }),
});

const KINDS: Readonly<Record<string, Kind>> = {
  consentsExpired: {
    ruleId: 'RET-01',
    words: bilingual.retention.consentsExpired({ contact }),
  },
  contactsNoticed: {
    ruleId: 'RET-01',
    words: bilingual.retention.contactsNoticed({ notice }),
  },
  contactsRemoved: {
    ruleId: 'RET-01',
    words: bilingual.retention.contactsRemoved({ notice }),
  },
  texts: {
    ruleId: 'RET-04',
    words: bilingual.retention.texts({ text }),
  },
  answers: {
    ruleId: 'RET-04',
    words: bilingual.retention.answers({ text }),
  },
  replies: {
    ruleId: 'RET-04',
    words: bilingual.retention.replies({ log }),
  },
  rights: {
    ruleId: 'RET-03',
    words: bilingual.retention.rights({ proof }),
  },
  cancellations: {
    ruleId: 'RET-04',
    words: bilingual.retention.cancellations({ log }),
  },
  proofs: {
    ruleId: 'RET-03',
    words: bilingual.retention.proofs({ proof }),
  },
};
