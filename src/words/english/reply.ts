import type { Translation } from '../translation.ts';
import type { reply as french } from '../french/reply.ts';

/** What was heard in a reply, and by what. */
export const reply: Translation<typeof french> = {
  heard: {
    stop: 'A request to stop',
    'stop-all': 'A request to stop everything',
    contact: 'A question about who writes',
    start: 'A wish to come back',
    confirm: 'A confirmation',
    cancel: 'A cancellation',
    decline: 'A refusal',
    objection: 'A probable objection, to be read',
    other: 'No request recognised',
  },
  why: {
    WHOLE_REPLY: 'the whole reply is "%s"',
    FIRST_WORD: 'it begins with "%s"',
    FIRST_WORD_OF_FEW: 'short, it begins with "%s"',
    AMONG_FEW_WORDS: '"%s" among few words',
    TYPO_OF_STOP: 'a typing error for "%s"',
    SAID_BY_OPERATOR: 'the operator took it as a STOP',
    TURN_OF_PHRASE: 'turn of phrase "%s"',
    WHOLE_WORDS: 'it says nothing but "%s"',
    QUESTION: 'it is a question',
    NOTHING_MATCHED: 'no word of the lists',
  },
};
