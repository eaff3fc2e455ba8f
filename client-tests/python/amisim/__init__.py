"""amisim in tests: a simulator to start, an account for each test, its clock, faults and checkpoints.

With pytest the fixture `amisim` is an Account, ready to use. With unittest:

    simulator = amisim.Simulator("--pace", "instant")
    account = simulator.account()
    ec2 = account.client("ec2")
    simulator.stop()
"""

from amisim.account import Account
from amisim.control import Clock, Control, Refused
from amisim.faults import Faults
from amisim.simulator import NotFound, Simulator

__all__ = ["Account", "Clock", "Control", "Faults", "NotFound", "Refused", "Simulator"]
