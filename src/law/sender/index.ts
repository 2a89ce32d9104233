// Apart from the other chapters: start.ts loads it, and no words.
export { MOBILE_PLANS, SENDER_LENGTH, SENDER_PATTERN } from '../chapters/sender.ts';
