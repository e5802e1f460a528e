/** All network families. */
import { convolutional } from './convolutional.ts';
import { dense } from './dense.ts';

export const networkFamilies = [dense, convolutional] as const;
