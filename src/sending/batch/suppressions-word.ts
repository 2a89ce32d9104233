import { bilingual, type Words } from '../../words/index.ts';

/** While a list of people who left is read, nobody it may name is written to. */
export const LIST_UNREAD = bilingual.message.listUnread;

/** A row stopped the reading of such a list: a person must act. */
export const listParked = (importId: string): Words => bilingual.message.listParked({ importId });
