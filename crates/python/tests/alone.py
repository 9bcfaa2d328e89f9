"""What must work where only the wheel is installed: no Rust, no test packages. `.ci/run` calls it."""

import importlib.util
import shutil

import two_layer_net as tln

for tool in ("cargo", "rustc"):
    assert shutil.which(tool) is None, f"{tool} is on PATH, so this shows nothing"
for package in ("matplotlib", "pandas", "tqdm", "dask"):
    assert importlib.util.find_spec(package) is None, f"{package} is installed, so this shows nothing"

(x_train, t_train), (x_test, t_test) = tln.load_digits()
net = tln.TwoLayerNet(784, 50, 10, seed=0)
history = tln.train(net, x_train, t_train, x_test, t_test, iterations=2000, seed=0)
assert history.test_acc_list[-1] > 0.8, history
tln.gradient_check(net, x_train[:10], t_train[:10], sample=20).assert_holds()
print(f"the wheel works alone: {history}")
