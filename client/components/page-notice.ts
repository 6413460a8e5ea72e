import { createContext } from 'react';

/** What whichever page is shown has to say before anything of its own. */
export const PageNotice = createContext<string | undefined>(undefined);
