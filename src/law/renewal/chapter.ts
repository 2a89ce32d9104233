import { insuranceNotice } from './insurance-notice.ts';
import { noticeProof } from './notice-proof.ts';
import { noticeWindow } from './notice-window.ts';
import type { Rule } from '../rule.ts';

/** Renewals of contracts. */
export const renewalRules: readonly Rule[] = [noticeWindow, noticeProof, insuranceNotice];
