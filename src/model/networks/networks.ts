/** All network families. */
import { dense } from './dense.ts';

export const networkFamilies = [dense] as const;
