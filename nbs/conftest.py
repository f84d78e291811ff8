"`pytest nbs` runs every notebook as `nbdev_test` does, each in a process of its own."
import os, shutil, subprocess, sys
import pytest
from nbdev.config import get_config
from nbdev.frontmatter import FrontmatterProc
from nbdev.process import NBProcessor

RUN = '''
import sys
from pathlib import Path
from nbdev.config import get_config
from nbdev.test import test_nb
config = get_config()
ok,_ = test_nb(Path(sys.argv[1]), skip_flags=config.tst_flags.split(), force_flags=sys.argv[2].split(), basepath=config.config_path)
sys.exit(not ok)
'''

def pytest_addoption(parser):
    parser.addoption('--nb-flags', default='', help='flags of cells that are otherwise left out, such as "gpu"')

def pytest_collect_file(parent, file_path):
    if file_path.suffix == '.ipynb' and '.ipynb_checkpoints' not in file_path.parts: return NotebookFile.from_parent(parent, path=file_path)

class NotebookFile(pytest.File):
    def collect(self): yield Notebook.from_parent(self, name=self.path.stem)

class NotebookError(Exception): pass

class Notebook(pytest.Item):
    def runtest(self):
        front = NBProcessor(self.path, procs=FrontmatterProc, process=True).nb.frontmatter_
        if str(front.get('skip_exec', False)).lower() == 'true': pytest.skip('skip_exec in its front matter')
        done = subprocess.run([sys.executable, '-c', RUN, str(self.path), self.config.getoption('--nb-flags')], cwd=get_config().config_path,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, 'MPLBACKEND': 'agg'})
        if done.returncode: raise NotebookError(done.stdout[-2000:] + done.stderr[-8000:])

    def repr_failure(self, excinfo):
        return str(excinfo.value) if excinfo.errisinstance(NotebookError) else super().repr_failure(excinfo)

    def reportinfo(self): return self.path, 0, f'notebook {self.path.name}'

@pytest.fixture(scope='session')
def browser():
    "Chromium, through playwright. Where there is none a test is skipped, and under CI it fails."
    path = next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome'))), None)
    if path is None: (pytest.fail if os.environ.get('CI') else pytest.skip)('no Chromium here; on Debian: apt install chromium')
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=path, args=['--disable-gpu','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'], chromium_sandbox=False)
        yield b
        b.close()
