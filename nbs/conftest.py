"`pytest nbs` runs every notebook as `nbdev_test` does, each in a process of its own; with `-n 2` two files at a time."
import multiprocessing, os, shutil, sys, tempfile
import pytest
from nbdev.config import get_config
from nbdev.frontmatter import FrontmatterProc
from nbdev.process import NBProcessor

# On Linux the processes are forked from one that has imported what most notebooks need, which takes longer than many of them; it does not touch a GPU.
os.environ.setdefault('PYTORCH_NVML_BASED_CUDA_CHECK', '1')
start = multiprocessing.get_context('forkserver' if sys.platform == 'linux' else 'spawn')
HEAVY = ['nbdev.test','torchvision','diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_instruct_pix2pix','torchmetrics.image','open_clip','scipy.stats','matplotlib.pyplot','ipywidgets']

def run(path, flags, said):
    "Run one notebook in this process, which then ends; what it says goes to the file `said`."
    with open(said, 'wb') as f:
        for out in (1,2): os.dup2(f.fileno(), out)
    config = get_config()
    os.chdir(config.config_path)
    sys.path.insert(0, str(config.config_path))
    os.environ['MPLBACKEND'] = 'agg'
    import matplotlib
    matplotlib.use('agg')
    from nbdev.test import test_nb
    from mix2mix.core import keep_memory
    keep_memory()
    ok,_ = test_nb(path, skip_flags=config.tst_flags.split(), force_flags=flags.split(), basepath=config.config_path)
    sys.exit(not ok)

LONG = ('test_browser.py','60_cli.ipynb','42_benchmark.ipynb','test_site.py','46_limits.ipynb','20_distill.ipynb','44_speed.ipynb','07_mini.ipynb')

if 'PYTEST_XDIST_WORKER' in os.environ: os.environ.setdefault('OMP_NUM_THREADS', '1')    # a worker has one core, and so has what it starts

@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    "A worker takes a whole file at a time, in the order of the files: what one file prepares for its tests is prepared once."
    from xdist.scheduler import LoadFileScheduling
    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)

def pytest_collection_modifyitems(items):
    "The longest files first, so that none is left over for the end."
    items.sort(key=lambda i: LONG.index(i.path.name) if i.path.name in LONG else len(LONG))

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
        flags = self.config.getoption('--nb-flags')
        if sys.platform == 'linux': start.set_forkserver_preload([] if flags else HEAVY)
        with tempfile.NamedTemporaryFile('r', errors='replace') as said:
            p = start.Process(target=run, args=(self.path, flags, said.name))
            p.start(); p.join()
            if p.exitcode: raise NotebookError(said.read()[-10_000:] + f'\nexit status {p.exitcode}')

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
