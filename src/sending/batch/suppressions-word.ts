import { bilingual, type Words } from '../../words/index.ts';

/** While a suppression list is read, nobody it may name is written to. */
export const LIST_UNREAD = bilingual.message.listUnread;

/** Reading stopped at a row of such a list: a person must act. */
export const listParked = (importId: string): Words => bilingual.message.listParked({ importId });
