import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { StudioProvider } from './studio.tsx';
import './style.css';

const root = document.getElementById('root');
if (!root) throw new Error('internal: a page without a root');
createRoot(root).render(
  <StrictMode>
    <StudioProvider>
      <App />
    </StudioProvider>
  </StrictMode>,
);
